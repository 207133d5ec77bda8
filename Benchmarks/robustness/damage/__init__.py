"""Ways in which a study of DICOM folders goes wrong: each a function that damages a copy of a sound study in place.

A damage gets the study's root and a random source, and gives a few words on what it did. Those in `HARMLESS` change nothing that counts: the numbers have to stay. What those in `HIDDEN` took away leaves no trace in what is there: nobody can tell.
"""
from . import folders, headers, images

ALL = [
    folders.deleted_slice, folders.deleted_every_other_slice, folders.deleted_end, folders.only_one_slice, folders.missing_series, folders.missing_visit,
    folders.duplicated_slice, folders.duplicated_place, folders.duplicated_series, folders.truncated, folders.truncated_header, folders.all_truncated, folders.empty_file,
    folders.flipped_bytes, folders.shuffled_names, folders.other_names, folders.shuffled_numbers, folders.strangers, folders.circular_link, folders.unreadable_folder,
    folders.unreadable_file, headers.swapped_roles, headers.mixed_patients, headers.other_patient, headers.merged_series, headers.one_orientation,
    headers.turned_orientation, headers.skewed_orientation, headers.odd_spacing, headers.odd_position, headers.odd_slope, headers.missing_geometry,
    headers.one_missing_position, headers.odd_rows, headers.one_other_size, headers.odd_date, headers.one_date, headers.other_side, headers.wrong_syntax, images.black,
    images.constant, images.noise, images.one_black_slice, images.upside_down,
]
HIDDEN = {folders.deleted_end, folders.missing_visit}
HARMLESS = {folders.shuffled_names, folders.other_names, folders.shuffled_numbers, folders.strangers, folders.circular_link, folders.duplicated_slice}
