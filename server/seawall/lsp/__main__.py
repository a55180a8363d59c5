"""`python -m seawall.lsp`: the server on stdin and stdout."""

import sys

from seawall.lsp.server import serve

sys.exit(serve())
