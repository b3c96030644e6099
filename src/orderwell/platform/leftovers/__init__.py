"""What a device in the warehouse could not get done, until somebody has sorted it out: nothing is dropped in silence."""
