"""The folder on disk: settings, discovery, ignore files, `.env` files, dependencies and environments.

Everything here reads files and nothing else: no user code runs, nothing is written, and no function raises because of
what a folder holds. Import the modules directly (`seawall.project.settings`, ...); this package imports nothing itself,
so that the command line pays only for what it uses.
"""
