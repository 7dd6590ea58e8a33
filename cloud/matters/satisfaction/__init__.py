"""How it was for the visitor (获得感和满意度): trips per matter, ratings, a call back where somebody was not content."""
