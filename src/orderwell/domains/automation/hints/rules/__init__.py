"""The rules that come with the product: pure functions over prepared facts."""
