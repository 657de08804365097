package dev.workflowsteps.adapter.requests;

import dev.workflowsteps.adapter.client.Organization;
import dev.workflowsteps.adapter.client.Request.Header;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Draws the headers that say who is asking: mostly the right key, else every kind of wrong one. */
final class RandomCredentials {

  private static final String API_KEY = "api-key";
  private static final String AUTHORIZATION = "authorization";

  private final Random random;
  private final List<Organization> organizations;
  private final List<String> deadKeys;

  /**
   * @param deadKeys that were valid once
   */
  RandomCredentials(Random random, List<Organization> organizations, List<String> deadKeys) {
    this.random = random;
    this.organizations = organizations;
    this.deadKeys = deadKeys;
  }

  List<Header> headers(Organization organization) {
    String key = organization.key();
    List<Header> headers = new ArrayList<>();
    if (random.nextInt(8) > 0) {
      headers.add(right(key));
    } else {
      wrong(key, headers);
    }
    if (random.nextInt(4) == 0) {
      headers.add(new Header("x-request-id", random.nextBoolean() ? "my.id-" + next() : "a b"));
    }
    return headers;
  }

  private Header right(String key) {
    return random.nextBoolean()
        ? new Header(API_KEY, key)
        : new Header(
            AUTHORIZATION, List.of("Bearer ", "bearer ", "BEARER  ").get(random.nextInt(3)) + key);
  }

  private void wrong(String key, List<Header> headers) {
    String other = organizations.get(random.nextInt(organizations.size())).key();
    switch (random.nextInt(10)) {
      case 0 -> headers.add(new Header(API_KEY, damaged(key)));
      case 1 -> headers.add(new Header(AUTHORIZATION, "Bearer " + damaged(key)));
      case 2 -> headers.add(new Header(API_KEY, deadKeys.get(0)));
      case 3 -> headers.add(new Header(AUTHORIZATION, "Basic " + key));
      case 4 -> headers.add(new Header(AUTHORIZATION, key));
      case 5 -> headers.add(new Header(API_KEY, "Bearer " + key));
      case 6 -> headers.add(new Header(API_KEY, "wfs_"));
      case 7 -> {
        headers.add(new Header(API_KEY, key));
        headers.add(new Header(AUTHORIZATION, "Bearer " + other));
      }
      case 8 -> {
        headers.add(new Header(API_KEY, key));
        headers.add(new Header(API_KEY, random.nextBoolean() ? key : damaged(key)));
      }
      default -> {
        // None at all.
      }
    }
  }

  private String damaged(String key) {
    int at = random.nextInt(key.length());
    char other = key.charAt(at) == 'a' ? 'b' : 'a';
    return switch (random.nextInt(3)) {
      case 0 -> key.substring(0, at);
      case 1 -> key.substring(0, at) + other + key.substring(at + 1);
      default -> key.substring(0, at) + other + key.substring(at);
    };
  }

  private String next() {
    return Integer.toHexString(random.nextInt(1 << 20));
  }
}
