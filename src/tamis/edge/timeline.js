const all = document.getElementById("all"), parts = document.querySelectorAll("details");
all.onclick = () => { const open = [...parts].some(p => !p.open); parts.forEach(p => p.open = open);
  all.textContent = open ? "close all segments" : "open all segments"; };
