"""Reads a table as LIBRARY does and prints its rows, the head first, as JSON: read_table.py LIBRARY FORMAT FILE."""

import csv
import json
import sys

library, form, path = sys.argv[1:]
if library == "openpyxl":
    import openpyxl

    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    if book.sheetnames != ["orbat", "asked"] or sheet.freeze_panes != "A2" or not sheet.auto_filter.ref:
        raise SystemExit(f"sheets {book.sheetnames}, frozen at {sheet.freeze_panes}, filter {sheet.auto_filter.ref}")
    for row in sheet.iter_rows():
        for cell in row:
            if cell.data_type == "f":
                raise SystemExit(f"{cell.coordinate} is a formula: {cell.value!r}")
    rows = [["" if cell.value is None else cell.value for cell in row] for row in sheet.iter_rows()]
elif form == "csv":
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
else:
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
json.dump(rows, sys.stdout)
