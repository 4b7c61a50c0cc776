"""The pages, as a browser without JavaScript meets them."""
