"""Files of scores and labels, read into arrays; tables of results, written to files.

Formats, by the file's suffix:

.npz, .h5 / .hdf5, .pt / .pth (a dict)
    Arrays called ``scores`` and ``labels`` (clips x tags) and, optionally, ``tags``, ``clips`` and
    ``weights``. PANNs' names ``clipwise_output``, ``target`` and ``audio_name`` are understood.
.npz of ``scipy.sparse.save_npz``
    One sparse matrix without names: a score that is not stored is below every threshold, a label
    that is not stored is 0. Labels are in a second file.
.npy, .pt / .pth (a tensor)
    One matrix without names; labels are in a second file.
.csv, .tsv, .txt (each of them also .gz), .parquet, wide
    A column a tag, and before them the clip's name, in a column called ``clip`` or not numeric.
    A column called ``weight`` holds clip weights. Labels are in a second file.
.csv, .parquet, long
    Columns ``clip``, ``tag``, ``score`` and, optionally, ``label`` and ``weight``; a row a pair.
    Instead of ``weight``, ``band`` and ``band_clips`` (`tagthresh.evaluation.review`): labels of a
    tag's band weigh as many clips together.
    A pair without a row has an unknown label. Where labels are in a second file, it has a score
    below every threshold.

The recording or site of each clip may be in a column, or an array, of any name that is given to the
reader: it is no tag then, and in a long table the same in all rows of a clip.

An empty or NaN label is unknown. Where both of two files name tags or clips, these are matched by
name. Pickled Python objects are never loaded.
"""

from tagthresh.io.read import read, read_labelled
from tagthresh.io.table import Table
from tagthresh.io.write import write_columns

__all__ = ["Table", "read", "read_labelled", "write_columns"]
