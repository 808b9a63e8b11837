"use strict";
// The token comes behind the "#", which no server ever sees, and is exchanged for a cookie.
const given = new URLSearchParams(location.hash.slice(1)).get("token");
if (given) {
  history.replaceState(null, "", location.pathname); // it does not stay in the address
  document.getElementById("how").textContent = "Logging in …";
  document.getElementById("token").value = given;
  document.getElementById("enter").submit();
}
