"""The writes of an import, one use-case each: upload, choose, fix, commit, undo, discard."""
