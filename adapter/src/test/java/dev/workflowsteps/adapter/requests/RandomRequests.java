package dev.workflowsteps.adapter.requests;

import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import dev.workflowsteps.adapter.client.Kind;
import dev.workflowsteps.adapter.client.Messages;
import dev.workflowsteps.adapter.client.Organization;
import dev.workflowsteps.adapter.client.Question.Pair;
import dev.workflowsteps.adapter.client.Request;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Draws requests: some that are right, some that go on from an answer, and many that are wrong. */
final class RandomRequests {

  private static final List<String> UNKNOWN =
      List.of(
          "block_types",
          "runId",
          "run_id[]",
          "limit[0]",
          "organization_id",
          "api_key",
          "key",
          "é",
          "status[x]",
          "",
          "page_token",
          "limit",
          "order",
          "sort_by",
          "view",
          "after",
          "x".repeat(70));

  /** Of request lines of over 32 KiB no more is to be said than that. */
  private static final int LONGEST_TARGET = 32_000;

  /** The most answers that are remembered to go on from. */
  private static final int MEMORY = 200;

  private final Random random;
  private final List<Organization> organizations;
  private final RandomValues values;
  private final RandomCredentials credentials;
  private final List<Wish> pages = new ArrayList<>();

  /**
   * What is asked for.
   *
   * @param id in the path; empty if it has none
   */
  record Wish(Organization organization, Kind kind, String id, List<Pair> pairs) {}

  RandomRequests(
      Random random, List<Organization> organizations, Places places, List<String> deadKeys) {
    this.random = random;
    this.organizations = organizations;
    this.values = new RandomValues(random, organizations, places);
    this.credentials = new RandomCredentials(random, organizations, deadKeys);
  }

  Asked next(boolean rest) {
    Wish wish = pages.isEmpty() || random.nextInt(3) > 0 ? fresh() : values.any(pages);
    List<Request.Header> headers = credentials.headers(wish.organization());
    if (rest) {
      String method = method();
      String target = new RandomTarget(random, wish, method.equals("GET")).text();
      return target.length() > LONGEST_TARGET
          ? next(true)
          : new Asked(true, Request.rest(wish.kind(), method, target, headers), wish);
    }
    return new Asked(false, Request.grpc(wish.kind(), message(wish), headers), wish);
  }

  /** Requests may go on from here. */
  void remember(Asked asked, String side, String cursor) {
    List<Pair> pairs = new ArrayList<>();
    for (Pair pair : asked.wish().pairs()) {
      if (!List.of("before", "after", "limit").contains(pair.name())) {
        pairs.add(pair);
      }
    }
    pairs.add(new Pair(side, cursor));
    pairs.add(new Pair("limit", values.limit(asked.kind())));
    if (random.nextInt(10) == 0) {
      pairs.add(new Pair("block_id", "absent"));
    }
    Organization organization =
        random.nextInt(10) == 0 ? values.any(organizations) : asked.wish().organization();
    if (pages.size() == MEMORY) {
      pages.remove(random.nextInt(MEMORY));
    }
    pages.add(new Wish(organization, asked.kind(), "", pairs));
  }

  private String method() {
    return switch (random.nextInt(40)) {
      case 0 -> "POST";
      case 1 -> "DELETE";
      case 2 -> "OPTIONS";
      case 3, 4 -> "HEAD";
      default -> "GET";
    };
  }

  private Wish fresh() {
    Organization organization = values.any(organizations);
    Kind kind =
        values.any(
            List.of(
                Kind.LIST_STEPS,
                Kind.LIST_STEPS,
                Kind.LIST_STEPS,
                Kind.LIST_ARTIFACTS,
                Kind.LIST_ARTIFACTS,
                Kind.COUNT_STEPS,
                Kind.GET_STEP,
                Kind.GET_ARTIFACT));
    List<Pair> pairs = new ArrayList<>();
    for (String name : kind.ids()) {
      if (random.nextInt(name.equals("run_id") ? 2 : 6) == 0) {
        pairs.add(new Pair(name, values.id(organization, kind, name)));
      }
    }
    for (String name : kind.others()) {
      if (random.nextInt(4) == 0) {
        good(organization, kind, name, pairs);
      }
    }
    if (kind.isList() && random.nextInt(40) == 0) {
      pairs.add(new Pair("before", values.cursor(organization, kind)));
      pairs.add(new Pair("after", values.cursor(organization, kind)));
    }
    for (int i = random.nextInt(5) < 3 ? 0 : 1 + random.nextInt(3); i > 0; i--) {
      spoil(organization, kind, pairs);
    }
    String id = "";
    if (kind.isSingle()) {
      id =
          random.nextInt(20) == 0 ? values.badId() : values.id(organization, kind, kind.idInPath());
    }
    Collections.shuffle(pairs, random);
    return new Wish(organization, kind, id, pairs);
  }

  private void good(Organization organization, Kind kind, String name, List<Pair> pairs) {
    switch (name) {
      case "limit" -> pairs.add(new Pair(name, values.limit(kind)));
      case "order" -> pairs.add(new Pair(name, values.order()));
      case "operation" -> pairs.add(new Pair(name, values.operation()));
      case "sort_by" -> pairs.add(new Pair(name, values.sortBy()));
      case "view" -> pairs.add(new Pair(name, values.view()));
      case "from_date", "to_date" -> pairs.add(new Pair(name, values.date(name)));
      case "before", "after" -> {
        if (random.nextInt(4) == 0) {
          pairs.add(new Pair(name, values.cursor(organization, kind)));
        }
      }
      default -> values.words(name).forEach(word -> pairs.add(new Pair(name, word)));
    }
  }

  private void spoil(Organization organization, Kind kind, List<Pair> pairs) {
    List<String> known = Stream.concat(kind.ids().stream(), kind.others().stream()).toList();
    if (known.isEmpty() || random.nextInt(4) == 0) {
      String name = values.any(UNKNOWN);
      if (!kind.has(name) && pairs.stream().noneMatch(pair -> pair.name().equals(name))) {
        pairs.add(new Pair(name, organization.key()));
      }
      return;
    }
    String name = values.any(known);
    switch (name) {
      case "limit" -> pairs.add(new Pair(name, values.badLimit()));
      case "order", "operation", "sort_by", "view" ->
          pairs.add(new Pair(name, values.any(List.of("", "up", "DESCENDING"))));
      case "from_date", "to_date" ->
          pairs.add(new Pair(name, random.nextBoolean() ? values.badDate() : values.date(name)));
      case "before", "after" ->
          pairs.add(
              new Pair(
                  name,
                  random.nextBoolean() ? values.badCursor() : values.cursor(organization, kind)));
      case "block_type", "status", "exclude_status" ->
          values.badWords(name).forEach(word -> pairs.add(new Pair(name, word)));
      default ->
          pairs.add(
              new Pair(
                  name,
                  random.nextBoolean() ? values.badId() : values.id(organization, kind, name)));
    }
  }

  /** The fields that there are; now and then damaged. */
  private byte[] message(Wish wish) {
    Message.Builder message = Messages.of(wish.kind(), wish.pairs());
    if (wish.kind().isSingle() && random.nextInt(10) > 0) {
      message.setField(wish.kind().fields().get(wish.kind().idInPath()), wish.id());
    }
    if (random.nextInt(50) == 0) {
      message.setUnknownFields(
          UnknownFieldSet.newBuilder()
              .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
              .build());
    }
    byte[] bytes = message.build().toByteArray();
    if (random.nextInt(12) == 0 && bytes.length > 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }
}
