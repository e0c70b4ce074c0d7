"""Every check on what users pass in, called once, at the public door.

Definitions
-----------
y_true : (n_clips, n_tags)
    1 is positive, 0 negative; -1, NaN and masked entries are unknown and count nowhere.
y_score : (n_clips, n_tags)
    Finite real numbers of any scale: probabilities, logits, quantised integers. The score of an
    unknown label is not used.
sample_weight : (n_clips,) or (n_clips, n_tags)
    0, or from 1e-12 to 1e12: sums and squares of other weights would lose the clips beside them. A
    clip of weight 0 is the same as no clip, one of weight 2 as two clips. Of pairs of clip and tag:
    a pair of weight 0 has an unknown label; what a pair of unknown label weighs is not looked at.
tags : n_tags names
    Distinct, non-empty strings. Where labels, scores and thresholds have names, columns are matched
    by name; a column is matched by position only where one side has no names. What counts as a
    name, and which rows go together, is in `tagthresh.validation.frames`.

Whatever breaks a rule raises `InputError` with one line: the argument, the rule, the value.
Functions elsewhere in the package trust their arguments.
"""

from tagthresh.validation.arrays import (
    check_shape,
    check_type,
    common_type,
    finite_parts,
    floating,
    heavy,
    labels,
    matrix,
    named_matrix,
    numbers,
    same_shape,
    score_matrix,
    summed,
    unmasked,
    weights,
)
from tagthresh.validation.errors import InputError, Place, described
from tagthresh.validation.frames import check_readable, ignored, names_beside, same_rows
from tagthresh.validation.label_signs import Signs
from tagthresh.validation.labelled_scores import LabelledScores, labelled_part, labelled_scores
from tagthresh.validation.limits import limits, threshold_values
from tagthresh.validation.options import (
    MOST,
    callback,
    choice,
    file_path,
    finite_number,
    flag,
    listed,
    mapping,
    number_of,
    of_type,
    positive_number,
    share,
    text,
    whole_number,
)
from tagthresh.validation.tags import (
    Tags,
    align,
    check_distinct,
    nearest,
    nth_place,
    numbered,
    place,
    repeated,
    tag_names,
)

__all__ = [
    "MOST",
    "InputError",
    "LabelledScores",
    "Place",
    "Signs",
    "Tags",
    "align",
    "callback",
    "check_distinct",
    "check_readable",
    "check_shape",
    "check_type",
    "choice",
    "common_type",
    "described",
    "file_path",
    "finite_number",
    "finite_parts",
    "flag",
    "floating",
    "heavy",
    "ignored",
    "labelled_part",
    "labelled_scores",
    "labels",
    "limits",
    "listed",
    "mapping",
    "matrix",
    "named_matrix",
    "names_beside",
    "nearest",
    "nth_place",
    "number_of",
    "numbered",
    "numbers",
    "of_type",
    "place",
    "positive_number",
    "repeated",
    "same_rows",
    "same_shape",
    "score_matrix",
    "share",
    "summed",
    "tag_names",
    "text",
    "threshold_values",
    "unmasked",
    "weights",
    "whole_number",
]
