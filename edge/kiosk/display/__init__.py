"""The call display (叫号屏): a television in the hall that shows and says which number goes to which window."""
