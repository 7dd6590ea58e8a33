"""What all pages of a box share (页面公共部分): who may ask, and who is logged in."""
