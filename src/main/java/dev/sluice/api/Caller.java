package dev.sluice.api;

import java.util.Set;

/**
 * Who sent a request, as their token says.
 *
 * @param subject the user id, or the name of a service or a person
 * @param scopes what the token allows
 */
record Caller(String subject, Set<Scope> scopes) {

  Caller {
    scopes = Set.copyOf(scopes);
  }

  boolean may(Scope scope) {
    return scopes.contains(scope);
  }

  boolean mayAny(Scope[] any) {
    for (Scope scope : any) {
      if (scopes.contains(scope)) {
        return true;
      }
    }
    return false;
  }
}
