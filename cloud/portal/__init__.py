"""The public's pages (公众门户): look something up, begin an application, see how far it is. Nobody logs in.

Plain pages that work without a script, Chinese first, one thing on each, in large type. Who somebody is, is never
asked here: that is checked at the kiosk or the window, where what was begun on the web goes on.
"""
