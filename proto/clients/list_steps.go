// Prints every step of the organization, page after page.
// KEY is the API key; TARGET is the address, 127.0.0.1:50051 unless set.

package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	pb "example.com/you/workflows/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

func page(client pb.WorkflowStepsServiceClient, request *pb.ListWorkflowStepsRequest) (*pb.ListWorkflowStepsResponse, error) {
	for wait := 500 * time.Millisecond; ; wait *= 2 {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		response, err := client.ListWorkflowSteps(metadata.AppendToOutgoingContext(ctx, "api-key", os.Getenv("KEY")), request)
		cancel()
		failure := status.Convert(err)
		retry := failure.Code() == codes.Unavailable
		delay := wait
		for _, detail := range failure.Details() {
			if info, ok := detail.(*errdetails.RetryInfo); ok {
				retry = true
				if info.RetryDelay.AsDuration() > delay {
					delay = info.RetryDelay.AsDuration()
				}
			}
		}
		if !retry || wait > 4*time.Second {
			return response, err
		}
		time.Sleep(delay)
	}
}

func main() {
	target := os.Getenv("TARGET")
	if target == "" {
		target = "127.0.0.1:50051"
	}
	connection, err := grpc.Dial(target, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	client := pb.NewWorkflowStepsServiceClient(connection)
	limit := int32(100)
	request := &pb.ListWorkflowStepsRequest{Limit: &limit}
	for {
		response, err := page(client, request)
		if err != nil {
			log.Fatal(err)
		}
		for _, step := range response.Data {
			fmt.Println(step.RunId, step.StepId)
		}
		if response.ListMetadata.After == nil {
			return
		}
		request.After = response.ListMetadata.After
	}
}
