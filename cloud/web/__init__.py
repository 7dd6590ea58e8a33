"""What pages and the API share: who asks, and how a page is drawn."""
