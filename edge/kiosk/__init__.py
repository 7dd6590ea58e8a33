"""The kiosk (自助机): pages for visitors, on the touch screen of this box only."""
