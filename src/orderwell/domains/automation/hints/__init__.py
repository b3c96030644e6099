"""Smart hints: rules look at prepared facts and say what they noticed, why, and what helps. A plugin adds rules of its own."""
