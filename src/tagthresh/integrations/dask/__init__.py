"""Thresholds of clips on a cluster: Dask arrays and data frames, and files that all workers see.

find_thresholds
    As `tagthresh.find_thresholds`, and to the bit the same thresholds.
apply_files
    As `tagthresh.apply_files`, into a folder of Parquet files.

Clips are counted in passes (`tagthresh.counts.streaming.multipass`), each of them one graph of
tasks: a partition is counted where it is, and counts are added up in a tree. What one pass found
stays on the cluster, and every worker fetches it once for the next. It is itself the result of a
task, unlike scattered data, so when a worker is lost with it, Dask makes it anew: counts are
integers, and come out the same.
"""

from importlib.util import find_spec

if find_spec("dask") is None or find_spec("distributed") is None:
    raise ImportError('tagthresh.integrations.dask needs Dask: pip install "tagthresh[dask]"')

from tagthresh.integrations.dask.apply_files import apply_files
from tagthresh.integrations.dask.find_thresholds import find_thresholds

__all__ = ["apply_files", "find_thresholds"]
