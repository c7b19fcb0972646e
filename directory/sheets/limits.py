"""How large what people send may be. Nobody writes more by hand; what is larger is damaged, or made to do harm."""

LARGEST = 16 << 20
"""Bytes of a file."""
UNPACKED = 128 << 20
"""Bytes of a workbook when unpacked, all parts together."""
RATIO = 500
"""How many times larger than packed a part of a workbook may be, where it is larger than 1 MB."""
MOST_ROWS = 20_000
"""Rows of one sheet."""
MOST_COLUMNS = 200
"""Columns of one sheet, ours and others."""
LONGEST_CELL = 100_000
"""Characters of one cell. Excel's own limit is 32,767."""
MOST_TEXT = 32 << 20
"""Characters of a workbook, all cells together."""
MOST_PROBLEMS = 500
"""Problems that are told of one file."""
MEMORY = 2 << 30
"""Bytes of address space that reading a workbook may take."""
SECONDS = 60
"""Of computing that reading a workbook may take."""
