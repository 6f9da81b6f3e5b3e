"""Writes the files that parquet.test.ts reads, as pyarrow and DuckDB write them: `python make.py` with both, and pandas, installed."""

import duckdb
import numpy as np
import pandas as pd

# what the test expects of them
rows = 40
table_ = pd.DataFrame({
    "x": np.arange(rows) / 8 - 1,
    "n": np.arange(rows, dtype="int64") % 7,
    "f": (np.arange(rows) * 0.25).astype("float32"),
    "b": np.arange(rows) % 3 == 0,
    "label": np.where(np.arange(rows) % 2 == 0, "no", "yes"),
})

for codec in ["snappy", "zstd", "gzip", "brotli"]:
    table_.to_parquet(f"{codec}.parquet", compression=codec, row_group_size=16)
table_.to_parquet("v2.parquet", compression="zstd", data_page_version="2.0", version="2.6", row_group_size=16)
table_.to_parquet("pages.parquet", use_dictionary=False, data_page_size=64, write_batch_size=8)
table_.to_parquet("encodings.parquet", use_dictionary=False, column_encoding={
    "x": "BYTE_STREAM_SPLIT", "n": "DELTA_BINARY_PACKED", "b": "RLE", "label": "DELTA_LENGTH_BYTE_ARRAY",
})
table_.assign(label=table_["label"].astype("category"), n=table_["n"].astype("uint8")).to_parquet("types.parquet")

odd = table_.astype({"n": "Int64"})
odd.loc[3, "n"] = pd.NA
odd.loc[5, "x"] = np.nan
odd.loc[7, "label"] = None
odd.loc[9, "label"] = "maybe"
odd.loc[11, "f"] = np.inf
odd.to_parquet("odd.parquet")
odd.to_parquet("odd-v2.parquet", data_page_version="2.0")

table_.assign(x=table_["x"].astype(str)).to_parquet("text.parquet")
table_.assign(x=[[1.0, 2.0]] * rows).to_parquet("list.parquet")
table_.assign(x=pd.Timestamp("2020-01-01")).to_parquet("dates.parquet")
table_.head(0).to_parquet("empty.parquet")
table_.to_parquet("lz4.parquet", compression="lz4")
table_.to_parquet("prefixes.parquet", use_dictionary=False, column_encoding={"label": "DELTA_BYTE_ARRAY"})
for version in ["v1", "v2"]:
    duckdb.sql(f"copy (select * from table_) to 'duckdb-{version}.parquet' (format parquet, parquet_version {version})")
