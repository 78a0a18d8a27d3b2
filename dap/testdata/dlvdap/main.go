// Program dlvdap is what `dlv dap` runs, without dlv around it: Delve's own
// adapter, on a port that it says, for one client.
package main

import (
	"fmt"
	"net"
	"os"

	"github.com/go-delve/delve/service"
	"github.com/go-delve/delve/service/dap"
	"github.com/go-delve/delve/service/debugger"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("DAP server listening at:", listener.Addr())
	gone := make(chan struct{})
	server := dap.NewServer(&service.Config{
		Listener:       listener,
		DisconnectChan: gone,
		Debugger:       debugger.Config{Backend: "default", Foreground: true, CheckGoVersion: true},
	})
	server.Run()
	<-gone
	server.Stop()
}
