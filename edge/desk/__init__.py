"""The desk (窗口): pages for clerks, registrars and nurses of the facility, with a log-in."""
