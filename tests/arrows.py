"""A contract for import-linter that it doesn't have itself: a package that imports these few packages and no others."""

import sys
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class OnlyImports(Contract):
    """`source_modules` import themselves, the standard library and `allowed_modules`, nothing else."""

    # Any: import-linter puts the list of names from the settings in the field's place.
    source_modules: Any = fields.ListField(subfield=fields.StringField())
    allowed_modules: Any = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 - import-linter passes it
        own: set[str] = set(self.source_modules)
        fine = own | set(self.allowed_modules) | sys.stdlib_module_names
        sources = {module for package in own for module in {package, *graph.find_descendants(package)}}
        strays = [
            f"{importer} imports {imported}"
            for importer in sorted(sources)
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if not any(imported == name or imported.startswith(f"{name}.") for name in fine)
        ]
        return ContractCheck(kept=not strays, metadata={"strays": strays})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for stray in check.metadata["strays"]:
            output.print_error(stray)
