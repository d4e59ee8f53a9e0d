// SPDX-License-Identifier: Apache-2.0

// Reads the details of a server's statuses with Go's official client, or sends some for others to read.
//
//	details check          whether the libraries are there
//	details client PORT    calls the server, and prints what it reads
//	details server         prints its port, and answers until its input ends
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

func text(detail any) string {
	switch detail := detail.(type) {
	case *errdetails.BadRequest:
		var all []string
		for _, violation := range detail.GetFieldViolations() {
			all = append(all, violation.GetField()+": "+violation.GetDescription())
		}
		return "BadRequest " + strings.Join(all, ", ")
	case *errdetails.ErrorInfo:
		return "ErrorInfo " + detail.GetDomain() + "/" + detail.GetReason()
	case *errdetails.RetryInfo:
		if detail.GetRetryDelay().AsDuration() > 0 {
			return "RetryInfo"
		}
	}
	return fmt.Sprintf("%T %v", detail, detail)
}

// A StringValue has the same bytes as the request, whose first field is bytes.
func read(connection *grpc.ClientConn, method string, body string) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err := connection.Invoke(ctx, method, wrapperspb.String(body), &emptypb.Empty{})
	rich, _ := status.FromError(err)
	message, _, _ := strings.Cut(rich.Message(), ", id ")
	message, _, _ = strings.Cut(message, " (")
	line := []string{code.Code(rich.Code()).String(), message}
	for _, detail := range rich.Details() {
		line = append(line, text(detail))
	}
	fmt.Println(strings.Join(line, " | "))
}

func client(port string) {
	connection, err := grpc.NewClient("localhost:"+port, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		panic(err)
	}
	defer connection.Close()
	read(connection, "/benchmark.Bench/Echo", "own")
	read(connection, "/benchmark.Bench/Echo", "fail")
	read(connection, "/benchmark.Bench/Download", "")
}

func refuse(any, grpc.ServerStream) error {
	refused := status.New(codes.InvalidArgument, "no such place")
	violation := &errdetails.BadRequest_FieldViolation{Field: "name", Description: "is empty"}
	rich, err := refused.WithDetails(&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{violation}})
	if err != nil {
		panic(err)
	}
	return rich.Err()
}

func server() {
	listener, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		panic(err)
	}
	running := grpc.NewServer(grpc.UnknownServiceHandler(refuse))
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	go func() {
		_, _ = io.ReadAll(os.Stdin)
		running.Stop()
	}()
	_ = running.Serve(listener)
}

func main() {
	switch os.Args[1] {
	case "client":
		client(os.Args[2])
	case "server":
		server()
	}
}
