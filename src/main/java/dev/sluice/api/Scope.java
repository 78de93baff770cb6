package dev.sluice.api;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** What a token may allow. Each is an authority of its claim's name. */
enum Scope {
  /** A user's own orders and beneficiaries. */
  WITHDRAWALS("withdrawals"),
  /** Orders of any users, in batches: for the platform's own services. */
  WITHDRAWALS_BATCH("withdrawals:batch"),
  /** Accounts, credits and beneficiaries of all users. */
  LEDGER("ledger"),
  /** Orders of all users, reviews, webhook endpoints. */
  OPS("ops"),
  /** The second person where two are asked for. */
  OPS_APPROVE("ops:approve");

  private static final Scope[] ALL = values();

  private final String claim;
  private final GrantedAuthority authority;

  Scope(String claim) {
    this.claim = claim;
    this.authority = new SimpleGrantedAuthority(claim);
  }

  /** Its name in a token. */
  String claim() {
    return claim;
  }

  GrantedAuthority authority() {
    return authority;
  }

  /** The scopes that these authorities stand for. */
  static Set<Scope> of(Collection<? extends GrantedAuthority> authorities) {
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (Scope scope : ALL) {
      if (authorities.contains(scope.authority)) {
        scopes.add(scope);
      }
    }
    return scopes;
  }

  /** The authorities of a token's scope claim (RFC 8693 section 4.2); unknown ones are left out. */
  static List<GrantedAuthority> authorities(@Nullable Object claim) {
    if (!(claim instanceof String scopes)) {
      return List.of();
    }
    List<GrantedAuthority> authorities = new ArrayList<>(ALL.length);
    for (String name : scopes.split(" ", -1)) {
      for (Scope scope : ALL) {
        if (scope.claim.equals(name)) {
          authorities.add(scope.authority);
        }
      }
    }
    return authorities;
  }
}
