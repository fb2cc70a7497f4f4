"""The French base form and the shared fields."""
