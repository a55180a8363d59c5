-- Seawall for Neovim 0.11 and newer. This file is a complete `vim.lsp.config` of its own:
--
--   1. Install the server into the project's environment, or once for all projects:  uv tool install seawall
--   2. Copy this file to ~/.config/nvim/lsp/seawall.lua
--   3. Put into ~/.config/nvim/init.lua:  vim.lsp.enable("seawall")
--
-- Settings go where all of Neovim's do, and win over the project's own:
--
--   vim.lsp.config("seawall", { settings = { seawall = { ignore = { "SW601" } } } })

---@type vim.lsp.Config
return {
  cmd = { "seawall", "server" },
  filetypes = { "python" },
  root_markers = {
    { "pyproject.toml", "seawall.toml", "requirements.txt", "alembic.ini" }, -- the nearest of these
    ".git",
  },
  settings = { seawall = vim.empty_dict() },
  before_init = function(params, config)
    params.initializationOptions = { settings = vim.tbl_get(config, "settings", "seawall") or vim.empty_dict() }
  end,
}
