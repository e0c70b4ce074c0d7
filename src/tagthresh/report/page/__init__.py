"""The page: one HTML file in which people look at thresholds, move them and save them.

It holds everything it needs and asks nothing of any network. `content.py` says what is in it,
`page.html`, `page.css` and the scripts what it looks like and does.
"""

from tagthresh.report.page.page import Page, report

__all__ = ["Page", "report"]
