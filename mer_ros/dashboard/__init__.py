"""A web page that shows the perceived emotions live, served from this machine."""
