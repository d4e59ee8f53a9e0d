# SPDX-License-Identifier: Apache-2.0
"""Reads the details of a server's statuses with Python's official client, or sends some for others to read.

details.py check            whether the libraries are there
details.py client PORT      calls the server, and prints what it reads
details.py server           prints its port, and answers until its input ends
"""
import sys
from concurrent import futures

import grpc
from google.protobuf import any_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

ECHO, DOWNLOAD = "/benchmark.Bench/Echo", "/benchmark.Bench/Download"
TYPES = (error_details_pb2.BadRequest, error_details_pb2.ErrorInfo, error_details_pb2.RetryInfo)


def text(detail):
    if isinstance(detail, error_details_pb2.BadRequest):
        return "BadRequest " + ", ".join(f"{v.field}: {v.description}" for v in detail.field_violations)
    if isinstance(detail, error_details_pb2.ErrorInfo):
        return f"ErrorInfo {detail.domain}/{detail.reason}"
    return "RetryInfo" if detail.retry_delay.ToMilliseconds() > 0 else "RetryInfo of nothing"


def unpacked(packed):
    for kind in TYPES:
        if packed.Is(kind.DESCRIPTOR):
            detail = kind()
            packed.Unpack(detail)
            return detail
    raise ValueError(packed.type_url)


def read(channel, method, body):
    call = channel.unary_unary(method, request_serializer=lambda b: b, response_deserializer=lambda b: b)
    try:
        call(bytes([10, len(body)]) + body, timeout=10)
    except grpc.RpcError as error:
        rich = rpc_status.from_call(error)
        details = [text(unpacked(packed)) for packed in rich.details]
        print(code_pb2.Code.Name(rich.code), rich.message.split(", id ")[0].split(" (")[0], *details, sep=" | ")


def client(port):
    with grpc.insecure_channel(f"localhost:{port}") as channel:
        read(channel, ECHO, b"own")
        read(channel, ECHO, b"fail")
        read(channel, DOWNLOAD, b"")


def refuse(request, context):
    violation = error_details_pb2.BadRequest.FieldViolation(field="name", description="is empty")
    detail = any_pb2.Any()
    detail.Pack(error_details_pb2.BadRequest(field_violations=[violation]))
    rich = status_pb2.Status(code=code_pb2.INVALID_ARGUMENT, message="no such place", details=[detail])
    context.abort_with_status(rpc_status.to_status(rich))


def server():
    handlers = {"Echo": grpc.unary_unary_rpc_method_handler(refuse)}
    running = grpc.server(futures.ThreadPoolExecutor(max_workers=1))
    running.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("benchmark.Bench", handlers),))
    print(running.add_insecure_port("localhost:0"), flush=True)
    running.start()
    sys.stdin.read()
    running.stop(0)


if __name__ == "__main__":
    if sys.argv[1] == "client":
        client(sys.argv[2])
    elif sys.argv[1] == "server":
        server()
