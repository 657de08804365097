package dev.workflowsteps.adapter.rest;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.ShuttingDownException;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.workflowsteps.adapter.http.Cors;
import dev.workflowsteps.adapter.http.EntityTag;
import dev.workflowsteps.adapter.http.ErrorResponse;
import dev.workflowsteps.adapter.http.Gzip;
import dev.workflowsteps.adapter.http.MalformedTextException;
import dev.workflowsteps.adapter.http.PercentText;
import dev.workflowsteps.adapter.http.RequestIds;
import dev.workflowsteps.adapter.http.Responses;
import dev.workflowsteps.adapter.http.StaticPage;
import dev.workflowsteps.adapter.json.JsonOutput;
import dev.workflowsteps.adapter.upstream.UnaryResponse;
import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.proto.v1.ErrorReason;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers every request there is: finds the route, calls the server, writes what it said. */
final class RestService implements HttpService {

  private static final Logger LOG = LoggerFactory.getLogger(RestService.class);

  private final List<RestRoute> routes;
  private final Map<String, StaticPage> pages;
  private final Upstream upstream;
  private final StrictRequests strictRequests;
  private final Connections connections;
  private final Cors cors;
  private final FinishedRequests finished;

  RestService(
      List<RestRoute> routes,
      List<StaticPage> pages,
      Upstream upstream,
      StrictRequests strictRequests,
      Connections connections,
      Cors cors,
      FinishedRequests finished) {
    this.routes = routes;
    this.pages = pages.stream().collect(Collectors.toMap(StaticPage::path, Function.identity()));
    this.upstream = upstream;
    this.strictRequests = strictRequests;
    this.connections = connections;
    this.cors = cors;
    this.finished = finished;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    connections.begin(context);
    if (!request.isEmpty()) {
      return afterBody(context, request);
    }
    return context.sessionProtocol().isMultiplex()
        ? afterWhatWasRead(context, request)
        : respond(context, request);
  }

  /** A reset that came along with its request is heeded before the request costs anything. */
  private HttpResponse afterWhatWasRead(ServiceRequestContext context, HttpRequest request) {
    return HttpResponse.of(
        CompletableFuture.supplyAsync(() -> respond(context, request), context.eventLoop()));
  }

  /** No route takes a body, but one that breaks makes its request malformed. */
  private HttpResponse afterBody(ServiceRequestContext context, HttpRequest request) {
    return HttpResponse.of(
        request
            .subscribe()
            .handle(
                (read, failure) -> {
                  if (failure == null) {
                    return respond(context, request);
                  }
                  finished.await(context, FinishedRequests.OTHER);
                  return HttpResponse.ofFailure(failure);
                }));
  }

  private HttpResponse respond(ServiceRequestContext context, HttpRequest request) {
    String id = RequestIds.of(context);
    // What Armeria normalized would have lost whether a byte came raw or encoded.
    String raw = strictRequests.target(request.headers()).orElseGet(context::rawPath);
    String template = FinishedRequests.OTHER;
    HttpResponse response;
    Optional<ErrorResponse> refusal = strictRequests.refusal(request.headers());
    if (refusal.isPresent()) {
      finished.await(context, template);
      return cors.with(request, refusal.get().response(request.method(), id));
    }
    try {
      Target target = Target.of(raw);
      Optional<StaticPage> page = Optional.ofNullable(pages.get(target.path()));
      Optional<RestRoute> route = page.isPresent() ? Optional.empty() : route(target);
      template =
          page.map(StaticPage::path).or(() -> route.map(RestRoute::template)).orElse(template);
      response = answer(context, request, target, page, route, id);
    } catch (MalformedTextException e) {
      response =
          ErrorResponse.of(
                  ErrorReason.ERROR_REASON_MALFORMED_REQUEST,
                  "The path or the query holds " + e.getMessage() + ".")
              .response(request.method(), id);
    } catch (RuntimeException e) {
      response = internal(context, e).response(request.method(), id);
    }
    finished.await(context, template);
    return cors.with(request, writable(context, response));
  }

  /**
   * Armeria 1.36 writes large bodies of HTTP/1 over TLS in pieces, and gives a pooled buffer back
   * after the first. So these become arrays.
   */
  private static HttpResponse writable(ServiceRequestContext context, HttpResponse response) {
    return context.sessionProtocol() == SessionProtocol.H1
        ? response.mapData(RestService::unpooled)
        : response;
  }

  private static HttpData unpooled(HttpData data) {
    try (data) {
      return HttpData.wrap(data.array());
    }
  }

  private Optional<RestRoute> route(Target target) {
    return routes.stream().filter(route -> route.matches(target)).findFirst();
  }

  /** A query that can't be read is told whether or not there is anything that reads it. */
  private static Optional<Parameters.Request> parameters(Optional<RestRoute> route, Target target)
      throws MalformedTextException {
    if (route.isEmpty()) {
      PercentText.query(target.query());
      return Optional.empty();
    }
    return Optional.of(route.get().read(target));
  }

  private HttpResponse answer(
      ServiceRequestContext context,
      HttpRequest request,
      Target target,
      Optional<StaticPage> page,
      Optional<RestRoute> route,
      String id)
      throws MalformedTextException {
    HttpMethod method = request.method();
    Optional<Parameters.Request> parameters = parameters(route, target);
    if (method == HttpMethod.OPTIONS && target.path().equals("/*")) {
      // The server as a whole.
      return options(id);
    }
    if (page.isEmpty() && route.isEmpty()) {
      return error(ErrorReason.ERROR_REASON_ROUTE_NOT_FOUND, method, id);
    }
    if (method == HttpMethod.OPTIONS) {
      return options(id);
    }
    if (method != HttpMethod.GET && method != HttpMethod.HEAD) {
      return error(ErrorReason.ERROR_REASON_METHOD_NOT_ALLOWED, method, id);
    }
    if (page.isPresent()) {
      return page.get().response(request.headers(), id);
    }
    return call(context, request, route.get(), parameters.get(), id);
  }

  private HttpResponse call(
      ServiceRequestContext context,
      HttpRequest request,
      RestRoute route,
      Parameters.Request parameters,
      String id) {
    if (context.isCancelled()) {
      return HttpResponse.ofFailure(context.cancellationCause());
    }
    ListenableFuture<UnaryResponse> call =
        upstream.call(
            route.rpc(), parameters, request.headers(), context.remoteAddress().getAddress(), id);
    // The call must not outlive whoever asked: gone, or answered with a timeout.
    var unused = context.whenRequestCancelling().thenAccept(cause -> call.cancel(true));
    CompletableFuture<HttpResponse> response = new CompletableFuture<>();
    Futures.addCallback(
        call,
        new FutureCallback<UnaryResponse>() {
          @Override
          public void onSuccess(UnaryResponse answer) {
            // What is not read yet is still in memory.
            var unused = context.log().whenComplete().thenRun(answer.written());
            answer(
                () -> {
                  heedCaller(context, answer.headers());
                  RateLimitFields.add(answer.headers(), context);
                  return written(
                      context, request.headers(), route, parameters, answer.message(), id);
                });
          }

          @Override
          public void onFailure(Throwable cause) {
            Metadata trailers =
                Objects.requireNonNullElseGet(Status.trailersFromThrowable(cause), Metadata::new);
            answer(
                () -> {
                  heedCaller(context, trailers);
                  RateLimitFields.add(trailers, context);
                  return failed(context, cause).response(request.method(), id);
                });
          }

          private void answer(Supplier<HttpResponse> answer) {
            try {
              response.complete(answer.get());
            } catch (RuntimeException e) {
              response.complete(internal(context, e).response(request.method(), id));
            } catch (Error e) {
              response.completeExceptionally(e);
              throw e;
            }
          }
        },
        Runnable::run);
    return HttpResponse.of(response);
  }

  /** The server says who it is once it has accepted the key, whatever became of the call. */
  private void heedCaller(ServiceRequestContext context, Metadata headers) {
    byte[] sent = headers.get(CallHeaders.ORGANIZATION);
    if (sent != null) {
      String organization = new String(sent, UTF_8);
      connections.authenticated(context, organization);
      FinishedRequests.authenticated(
          context, organization, Objects.requireNonNullElse(headers.get(CallHeaders.KEY_ID), ""));
    }
  }

  private static ErrorResponse failed(ServiceRequestContext context, Throwable cause) {
    // A call that is cut off by the stop is cancelled, too, but its caller is still there.
    return context.cancellationCause() instanceof ShuttingDownException
        ? ErrorResponse.of(ErrorReason.ERROR_REASON_UNAVAILABLE)
        : RequestIds.inLog(context, () -> UpstreamErrors.answer(cause));
  }

  private static ErrorResponse internal(ServiceRequestContext context, RuntimeException cause) {
    return RequestIds.inLog(
        context,
        () -> {
          LOG.error("a request failed by an error of the program", cause);
          return ErrorResponse.of(ErrorReason.ERROR_REASON_INTERNAL);
        });
  }

  private static HttpResponse written(
      ServiceRequestContext context,
      RequestHeaders request,
      RestRoute route,
      Parameters.Request parameters,
      byte[] answer,
      String id) {
    // The keys come on top of what the message holds: a quarter more, on real pages.
    try (JsonOutput out =
        new JsonOutput(context.alloc(), Math.max(256, answer.length + answer.length / 4))) {
      route.write(parameters, answer, out);
      EntityTag tag = EntityTag.of(out.written());
      if (tag.isHeldBy(request)) {
        return tag.notModified(id);
      }
      ResponseHeadersBuilder headers =
          Responses.json(HttpStatus.OK, id).set(HttpHeaderNames.ETAG, tag.value());
      return Gzip.response(request, headers, HttpData.wrap(out.take()));
    } catch (RuntimeException e) {
      return RequestIds.inLog(
          context,
          () -> {
            String rpc = route.rpc().getFullMethodName();
            LOG.error("an answer of {} cannot be written as JSON", rpc, e);
            return ErrorResponse.of(ErrorReason.ERROR_REASON_INTERNAL)
                .response(request.method(), id);
          });
    }
  }

  private static HttpResponse options(String id) {
    return HttpResponse.of(
        Responses.headers(HttpStatus.NO_CONTENT, id)
            .set(HttpHeaderNames.ALLOW, Responses.ALLOWED)
            .build());
  }

  private static HttpResponse error(ErrorReason reason, HttpMethod method, String id) {
    return ErrorResponse.of(reason).response(method, id);
  }
}
