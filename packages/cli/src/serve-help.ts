/** What `snug serve --help` prints. README has the same flags with more words. */
export const SERVE_HELP = `snug serve: starts the server, and runs until it is told to stop (Ctrl+C)

  --listen [HOSTS]              addresses to listen on, with commas between them; alone: all (default 127.0.0.1)
  --port PORT                   default 8188; 0 takes a free one
  --base-directory DIR          where all folders below are (default ./snug-data)
  --input-directory DIR         what uploads go to and what nodes read
  --output-directory DIR        what nodes save
  --temp-directory DIR          has the folder temp in it, which is emptied
  --user-directory DIR          the queue, the history, settings and users' files
  --models-directory DIR        models by kind
  --extra-model-paths-config FILE   more folders of models, in YAML (repeatable)
  --front-end-root DIR          an unpacked front end to serve at /
  --pack PACK                   a pack to load: a file, an npm package, or conformance (repeatable)
  --watch                       load packs again when their files change
  --device DEVICE               where models run: cpu, cuda, webgpu, directml, coreml
  --host-name NAME              a name by which the server may be asked (repeatable)
  --enable-cors-header [ORIGIN] lets pages of another origin ask; alone: of all
  --tls-keyfile FILE, --tls-certfile FILE   HTTPS
  --max-upload-size MB          size of any request body (default 100)
  --multi-user                  separates users' files by the header Comfy-User; keeps nobody out
  --cache-ram [GB] [GB]         keeps results of the last prompt while so much memory is free (the default)
  --cache-classic, --cache-lru N, --cache-none   other ways to keep results
  --preview-method METHOD       none, auto, latent2rgb, taesd (default auto)
  --preview-size PIXELS         default 512
  --disable-metadata            saves files without the prompt and the workflow
  --default-hashing-function NAME   md5, sha1, sha256, sha512
  --feature-flag KEY=VALUE      one more feature flag for clients (repeatable)
  --skip-warm-up                starts more than a second sooner; the first prompts take longer
  --verbose [LEVEL]             tells what becomes of each prompt; not with WARNING, ERROR or CRITICAL
`;
