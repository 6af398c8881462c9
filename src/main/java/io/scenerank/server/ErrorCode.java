package io.scenerank.server;

import com.linecorp.armeria.common.HttpStatus;

/** Why a request failed: gRPC's codes, and the HTTP status that TF Serving gives each of them. */
enum ErrorCode {
  INVALID_ARGUMENT(3, HttpStatus.BAD_REQUEST),
  DEADLINE_EXCEEDED(4, HttpStatus.GATEWAY_TIMEOUT),
  NOT_FOUND(5, HttpStatus.NOT_FOUND),
  UNIMPLEMENTED(12, HttpStatus.NOT_IMPLEMENTED),
  INTERNAL(13, HttpStatus.INTERNAL_SERVER_ERROR),
  UNAVAILABLE(14, HttpStatus.SERVICE_UNAVAILABLE),
  UNAUTHENTICATED(16, HttpStatus.UNAUTHORIZED);

  private final int grpc;
  private final HttpStatus http;

  ErrorCode(int grpc, HttpStatus http) {
    this.grpc = grpc;
    this.http = http;
  }

  int grpc() {
    return grpc;
  }

  HttpStatus http() {
    return http;
  }
}
