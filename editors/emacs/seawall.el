;;; seawall.el --- Seawall for Python backends, through eglot  -*- lexical-binding: t -*-

;; Eglot is part of Emacs 29 and newer; for Emacs 28, install it from GNU ELPA (1.9 or newer).
;;
;;   1. Install the server into the project's environment, or once for all projects:  uv tool install seawall
;;   2. Put into your init file:  (load "/where/it/is/seawall.el")
;;
;; Settings win over the project's own:
;;
;;   (setq-default eglot-workspace-configuration '(:seawall (:ignore ["SW601"])))

;;; Code:

(require 'eglot)

;; The first match counts, and eglot runs one server a buffer.
(add-to-list 'eglot-server-programs '((python-mode python-ts-mode) . ("seawall" "server")))

(add-hook 'python-mode-hook #'eglot-ensure)
(add-hook 'python-ts-mode-hook #'eglot-ensure)

(provide 'seawall)

;;; seawall.el ends here
