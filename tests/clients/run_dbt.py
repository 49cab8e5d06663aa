"""Runs dbt over the project beside this file: run_dbt.py COMMAND… -- RELATION:COLUMN,COLUMN…

Prints how each command ended for each node and, after `docs`, what the catalog tells of some relations.
"""

import json
import sys
import tempfile
from pathlib import Path

from dbt.cli.main import dbtRunner

commands = sys.argv[1 : sys.argv.index("--")]
wanted = dict(argument.split(":") for argument in sys.argv[sys.argv.index("--") + 1 :])
project = str(Path(__file__).with_name("dbt"))


def run(command, target):
    arguments = ["docs", "generate"] if command == "docs" else [command]
    places = ["--project-dir", project, "--profiles-dir", project, "--target-path", target, "--log-path", target]
    outcome = dbtRunner().invoke(["--quiet", *arguments, *places])
    if outcome.exception or not outcome.success:
        sys.exit(f"dbt {command} failed: {outcome.exception or outcome.result}")
    if command == "docs":
        catalog(json.loads(Path(target, "catalog.json").read_text()))
    else:
        for node in sorted(outcome.result, key=lambda result: result.node.name):
            print(f"dbt {command}: {node.node.name}: {node.status}")


def catalog(found):
    for entry in [*found["sources"].values(), *found["nodes"].values()]:
        metadata = entry["metadata"]
        if metadata["name"] in wanted:
            print(f"-- {metadata['schema']}.{metadata['name']} | {metadata['type']} | {metadata['comment']}")
            for column in entry["columns"].values():
                if column["name"] in wanted[metadata["name"]].split(","):
                    print(f"{column['name']} | {column['type']} | {column['comment']}")


with tempfile.TemporaryDirectory() as target:
    for command in commands:
        run(command, target)
