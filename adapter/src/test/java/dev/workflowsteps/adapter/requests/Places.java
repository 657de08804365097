package dev.workflowsteps.adapter.requests;

import dev.workflowsteps.adapter.client.Kind;
import dev.workflowsteps.adapter.client.Question;
import dev.workflowsteps.adapter.client.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** The tokens that were answered so far, and what each of them means. */
final class Places {

  /**
   * @param list as {@link Question#list}
   */
  record Place(String organization, String list, Kind kind, Row row) {}

  private final Map<String, Place> places = new HashMap<>();
  private final List<String> tokens = new ArrayList<>();

  /** Whether the token is new, or means what it meant before. */
  boolean add(String token, Place place) {
    Place known = places.putIfAbsent(token, place);
    if (known == null) {
      tokens.add(token);
    }
    return known == null
        || (known.organization().equals(place.organization())
            && known.list().equals(place.list())
            && known.row().compareTo(place.row()) == 0);
  }

  Optional<Place> of(String token) {
    return Optional.ofNullable(places.get(token));
  }

  /** Any of them, if there is one. */
  Optional<String> any(Random random) {
    return tokens.isEmpty()
        ? Optional.empty()
        : Optional.of(tokens.get(random.nextInt(tokens.size())));
  }
}
