// Program temporal runs a workflow of Temporal's Go SDK in its test environment.
//
// A correct reader says that one temporal workflow has three coroutines, each of
// which is a goroutine: root, which runs main.Order; shipper, which runs
// main.receive; and mailer, which waits for the activity.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"
)

var never = make(chan int)

func Charge(ctx context.Context) error { fmt.Println("READY"); <-never; return nil }

func receive(ctx workflow.Context, ch workflow.Channel) { var s string; ch.Receive(ctx, &s) }

func Order(ctx workflow.Context) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Hour})
	ch := workflow.NewNamedChannel(ctx, "shipped")
	workflow.GoNamed(ctx, "shipper", func(ctx workflow.Context) { receive(ctx, ch) })
	wg := workflow.NewWaitGroup(ctx)
	wg.Add(1)
	workflow.GoNamed(ctx, "mailer", func(ctx workflow.Context) {
		defer wg.Done()
		workflow.ExecuteActivity(ctx, Charge).Get(ctx, nil)
	})
	wg.Wait(ctx)
	return nil
}

func main() {
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(time.Hour)
	env.RegisterActivity(Charge)
	env.RegisterWorkflow(Order)
	go env.ExecuteWorkflow(Order)
	io.Copy(io.Discard, os.Stdin)
}
