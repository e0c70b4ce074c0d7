"""Structure-aware fuzzing of every reader and every public function; `run.py` is the command.

content
    Random labels, scores and names.
forms, json_forms
    Valid files of every form, and legal files with odd types.
broken, broken_text
    Mutations of files: of bytes, of headers and archives, of CSV and of JSON.
oracle, oracle_json
    What a file holds, read in plain Python and NumPy.
readers, json_readers
    One trial per form: read whole, read in parts, compare with the oracle, use what was read.
calls, odd
    One trial per call of a public function, with right and wrong arguments.
trial
    What a trial may end in, and what is wrong with an error.
campaign
    Workers under a memory limit and a watchdog; the record.
"""
