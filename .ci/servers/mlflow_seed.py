"""Fills an MLflow server for the tests, through its own client. Does nothing
where it was filled before: the last thing it writes says so."""

import sys

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag

VERSIONS = 230
url = sys.argv[1]
mlflow.set_tracking_uri(url)
client = MlflowClient(tracking_uri=url)

if client.search_registered_models(filter_string="name = 'seeded'"):
    sys.exit(0)

from mlflow.server import get_app_client  # noqa: E402

auth = get_app_client("basic-auth", tracking_uri=url)
for name in ("reader", "halfblind"):
    auth.create_user(name, "not-a-secret-1")

training = client.create_experiment("fraud-training")
evaluation = client.create_experiment("fraud-evaluation")
client.create_registered_model("fraud-score", tags={"component": "fraud-score"})
client.create_registered_model("credit-limit")

runs = []
for i in range(6):
    run = client.create_run(training, tags={"mlflow.user": "mara.example"}, start_time=1_767_000_000_000 + i * 1000)
    client.log_inputs(
        run.info.run_id,
        [
            DatasetInput(Dataset(f"payments-{i % 3}", f"d1ge5t{i}", "local", f"file:///data/{i}.parquet"), [InputTag("mlflow.data.context", context)])
            for context in (["training"] if i < 5 else ["training", "holdout"])
        ],
    )
    client.set_terminated(run.info.run_id, end_time=1_767_000_060_000 + i * 1000)
    runs.append(run.info.run_id)

for i in range(VERSIONS):
    v = client.create_model_version(
        "fraud-score" if i % 2 == 0 else "credit-limit", source=f"s3://models.example/{i}", run_id=runs[i % 6] if i % 5 else None,
        tags={"sha256": f"{i:064x}"} if i % 7 else {},
    )
client.set_model_version_tag("fraud-score", "3", "approval", "approved")
client.set_registered_model_alias("fraud-score", "champion", "3")
client.set_registered_model_alias("fraud-score", "shadow", "5")

for i in range(4):
    run = client.create_run(evaluation, tags={"mlflow.user": "mara.example", "model_version": str(i + 1)}, start_time=1_768_000_000_000 + i * 1000)
    client.log_batch(
        run.info.run_id,
        metrics=[Metric("auc", 0.9 + i / 100, 1_768_000_030_000, 0), Metric("ks", float("nan") if i == 3 else 0.4, 1_768_000_030_000, 0)],
        params=[Param("min_auc", "0.88")], tags=[RunTag("verdict", "pass")],
    )
    if i < 3:
        client.set_terminated(run.info.run_id, end_time=1_768_000_060_000 + i * 1000)
client.delete_run(runs[0])

auth.grant_user_permission("halfblind", "registered_model", "credit-limit", "DENY")
client.create_registered_model("seeded")
