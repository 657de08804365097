# Prints every step of the organization, page after page.
# KEY is the API key; TARGET is the address, 127.0.0.1:50051 unless set.
import os
import time

import grpc
from google.rpc import error_details_pb2, status_pb2
from workflows.v1 import steps_service_pb2, steps_service_pb2_grpc


def retry_delay(error):
    for name, value in error.trailing_metadata() or ():
        if name == "grpc-status-details-bin":
            for detail in status_pb2.Status.FromString(value).details:
                info = error_details_pb2.RetryInfo()
                if detail.Unpack(info):
                    return info.retry_delay.ToTimedelta().total_seconds()


def page_of(stub, request):
    for wait in (0.5, 1, 2, 4, None):
        try:
            return stub.ListWorkflowSteps(request, timeout=10, metadata=[("api-key", os.environ["KEY"])])
        except grpc.RpcError as error:
            delay = retry_delay(error)
            retry = delay is not None or error.code() == grpc.StatusCode.UNAVAILABLE
            if not retry or wait is None:
                raise
            time.sleep(max(wait, delay or 0))


with grpc.insecure_channel(os.environ.get("TARGET", "127.0.0.1:50051")) as channel:
    stub = steps_service_pb2_grpc.WorkflowStepsServiceStub(channel)
    request = steps_service_pb2.ListWorkflowStepsRequest(limit=100)
    while True:
        page = page_of(stub, request)
        for step in page.data:
            print(step.run_id, step.step_id)
        if not page.list_metadata.HasField("after"):
            break
        request.after = page.list_metadata.after
