"""办理单: the whole of a case on paper, as a printable page, Word or PDF; one content, three writers."""
