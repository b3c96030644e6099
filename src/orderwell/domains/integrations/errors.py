"""Refusals of imports: of a whole file, of a batch's next step, and of single source lines."""

from __future__ import annotations

from orderwell.kernel.errors import DomainError

# The file as a whole: nothing was read from it.


class FileUnreadable(DomainError):
    code = "file_unreadable"
    message = "{name} cannot be read as {format}: {reason}."


class UnknownFormat(DomainError):
    code = "unknown_format"
    message = "{name} is neither CSV, XLSX nor JSON Lines (each may be packed with gzip)."


class ExcelUnreadable(DomainError):
    code = "excel_unreadable"
    message = "{name} is not a readable Excel file. Open it in Excel and save it again as .xlsx."


class MixedEncodings(DomainError):
    code = "mixed_encodings"
    message = (
        "The file mixes encodings: line {line} is not {expected}, which line {first_line} is written in. "
        "Save the whole file as UTF-8."
    )


class UnknownEncoding(DomainError):
    code = "unknown_encoding"
    message = "Line {line} is neither UTF-8, GB18030 nor Windows-1252. Save the file as UTF-8."


class WrongEncoding(DomainError):
    code = "wrong_encoding"
    message = "Line {line} is not {expected}, the encoding that was asked for."


class MissingColumns(DomainError):
    code = "missing_column"
    message = "The file has no column {missing}; it has: {found}."


class DuplicateColumn(DomainError):
    code = "duplicate_column"
    message = "The header names the column {column} twice."


class UnknownPreset(DomainError):
    code = "unknown_preset"
    message = "There is no import preset {value}; expected one of {expected}."


class UnknownMapping(DomainError):
    code = "unknown_mapping"
    message = "There is no saved mapping {value}; there are: {expected}."


class UnknownMappingField(DomainError):
    code = "unknown_mapping_field"
    message = "{value} is nothing that a column can mean; expected one of {expected}."


class UnknownOption(DomainError):
    code = "unknown_import_option"
    message = "{value} cannot be used for the option {option}; expected {expected}."


# The batch and its next step.


class BatchBusy(DomainError):
    code = "import_busy"
    message = "Import {batch} is being worked on by {owner} until {until}; try again later."


class NothingToResume(DomainError):
    code = "import_finished"
    message = "Import {batch} is finished; there is nothing to resume."


class ClaimLost(DomainError):
    code = "import_taken_over"
    message = "Import {batch} was taken over by another process; this one stopped."


class FileChanged(DomainError):
    code = "import_file_changed"
    message = "The file of import {batch} is gone or not the one that was handed in; files are kept for 30 days. Hand it in again."


class CannotUndo(DomainError):
    code = "import_cannot_undo"
    message = "It was not undone: {reason}."


# One source line.


class CellCount(DomainError):
    code = "cell_count"
    message = "This line has {found} cells; the header has {expected}."


class QuoteNeverClosed(DomainError):
    code = "quote_never_closed"
    message = (
        "The quote opened in line {line} is never closed, so that all that follows is in its cell. "
        'Close it, or write it twice ("") where it belongs to the text.'
    )


class NotANumber(DomainError):
    code = "not_a_number"
    message = "{value} is not a number; expected one such as {expected}."


class PackPrice(DomainError):
    code = "pack_price"
    message = (
        "{value} is the barcode of a pack of {count}, and its price {price} cannot be divided by that: "
        "write the SKU, the number of pieces and the price of one."
    )


class NotADate(DomainError):
    code = "not_a_date"
    message = "{value} is not a point in time; expected one such as {expected}."


class PlacedInFuture(DomainError):
    code = "placed_in_future"
    message = "{value} has not come yet; an order of the past has a day before today."


class FormulaCell(DomainError):
    code = "formula_cell"
    message = "This cell holds the formula {value}; replace it by its value."


class ErrorCell(DomainError):
    code = "error_cell"
    message = "This cell holds the spreadsheet error {value}."


class NestedValue(DomainError):
    code = "nested_value"
    message = "Expected text or a number here, not a list or an object."


class NotAnObject(DomainError):
    code = "not_an_object"
    message = 'This line is not a JSON object such as {{"sku": "A1", "quantity": 2}}: {reason}.'


class NoObjects(DomainError):
    code = "no_objects"
    message = (
        'No line of the file is a JSON object such as {{"sku": "A1", "quantity": 2}}; line {line} begins with {value}.'
    )


class LineTooLong(DomainError):
    code = "line_too_long"
    message = "This line is longer than {limit} characters."


class OtherLineRefused(DomainError):
    code = "other_line_refused"
    message = (
        "Row {row} of the same document {reference} was refused, and a document comes in as a whole or not at all."
    )


class ConflictingValue(DomainError):
    code = "conflicting_value"
    message = "{value} differs from {expected} on row {row}, the first of the same order."


class CurrencyDiffers(DomainError):
    code = "currency_differs"
    message = "Order {number} exists with the same reference {reference}, but in {expected} and not in {value}."


class CustomerDiffers(DomainError):
    code = "customer_differs"
    message = "Order {number} exists with the same reference {reference}, but for customer {expected} and not {value}."


class DocumentDiffers(DomainError):
    code = "document_differs"
    message = "{document} exists with the same reference {reference} but without this line."


class HistoryOnly(DomainError):
    code = "history_only"
    message = "Returns of another system can only be imported in history mode; record this one on its order."


class NegativePrice(DomainError):
    code = "price_negative"
    message = "Goods cannot have the negative price {value}."


class QuantityZero(DomainError):
    code = "quantity_zero"
    message = "The quantity must not be zero."
