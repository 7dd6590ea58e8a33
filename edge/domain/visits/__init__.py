"""What a visitor does at a kiosk (办事): pure conversations, cases, people and the queue. No I/O, no clock."""
