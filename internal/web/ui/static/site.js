// What a page gains with script: suggestions under the search field, a field
// error that goes away once the field is right, passwords that can be looked at,
// and passkeys. Every page works without.
(() => {
	"use strict";

	const field = document.getElementById("q");
	if (field && field.dataset.suggest) suggestions(field);
	for (const input of document.querySelectorAll("input[data-show]")) reveal(input);
	if (window.PublicKeyCredential) for (const form of document.querySelectorAll("form[data-passkey]")) passkey(form);
	document.addEventListener("input", (e) => mend(e.target));
	document.addEventListener("change", (e) => mend(e.target));

	function suggestions(input) {
		const list = document.createElement("ul");
		list.id = "sugg";
		list.className = "sugg";
		list.setAttribute("role", "listbox");
		list.setAttribute("aria-label", input.dataset.label);
		list.hidden = true;
		input.form.append(list);
		input.autocomplete = "off";
		set(input, { role: "combobox", "aria-expanded": "false", "aria-controls": "sugg", "aria-autocomplete": "list" });

		let timer, request, shown = "", at = -1;
		const close = () => {
			list.hidden = true;
			at = -1;
			input.setAttribute("aria-expanded", "false");
			input.removeAttribute("aria-activedescendant");
		};
		const choose = (n) => {
			const items = list.children;
			if (items[at]) items[at].setAttribute("aria-selected", "false");
			at = (n + items.length) % items.length;
			items[at].setAttribute("aria-selected", "true");
			items[at].scrollIntoView({ block: "nearest" });
			input.setAttribute("aria-activedescendant", items[at].id);
		};
		const draw = (found) => {
			list.replaceChildren(...found.map((s, i) => {
				const li = document.createElement("li");
				set(li, { role: "option", id: "sugg" + i, "aria-selected": "false" });
				const text = document.createElement("span");
				text.textContent = s.text;
				li.append(text);
				if (s.kind) {
					const kind = document.createElement("small");
					kind.textContent = s.kind;
					li.append(kind);
				}
				li.dataset.href = s.href;
				return li;
			}));
			at = -1;
			list.hidden = !found.length;
			input.setAttribute("aria-expanded", String(!list.hidden));
		};
		const ask = async () => {
			const q = input.value.trim();
			if (q === shown) return;
			shown = q;
			if (request) request.abort();
			if (q.length < 2) return close();
			request = new AbortController();
			try {
				const r = await fetch(input.dataset.suggest + "?q=" + encodeURIComponent(q), { signal: request.signal });
				if (r.ok) draw((await r.json()).suggestions);
			} catch {
				// The form itself still searches.
			}
		};
		input.addEventListener("input", () => {
			clearTimeout(timer);
			timer = setTimeout(ask, 120);
		});
		input.addEventListener("keydown", (e) => {
			if (list.hidden) return;
			if (e.key === "ArrowDown") choose(at + 1);
			else if (e.key === "ArrowUp") choose(at < 0 ? -1 : at - 1);
			else if (e.key === "Escape") close();
			else if (e.key === "Enter" && at >= 0) location.assign(list.children[at].dataset.href);
			else return;
			e.preventDefault();
		});
		input.addEventListener("blur", () => setTimeout(close, 150));
		list.addEventListener("mousedown", (e) => {
			const li = e.target.closest("li");
			if (!li) return;
			e.preventDefault();
			location.assign(li.dataset.href);
		});
	}

	// mend takes an error away, never adds one: that is the server's word.
	function mend(input) {
		const box = input.closest && input.closest(".field.bad");
		if (!box || !input.value.trim() || !input.validity.valid) return;
		const error = box.querySelector(".err");
		box.classList.remove("bad");
		input.removeAttribute("aria-invalid");
		if (error) {
			const rest = (input.getAttribute("aria-describedby") || "").split(" ").filter((id) => id !== error.id).join(" ");
			if (rest) input.setAttribute("aria-describedby", rest);
			else input.removeAttribute("aria-describedby");
			error.remove();
		}
		const link = document.querySelector('#problems a[href="#' + CSS.escape(input.id) + '"]');
		if (link) link.closest("li").remove();
		const box2 = document.getElementById("problems");
		if (box2 && !box2.querySelector("li")) box2.remove();
	}

	// reveal adds the button that shows a password. What is sent is a password again,
	// so that the browser offers to keep it.
	function reveal(input) {
		const button = document.createElement("button");
		set(button, { type: "button", class: "link", "aria-controls": input.id });
		const show = (on) => {
			input.type = on ? "text" : "password";
			button.textContent = on ? input.dataset.hide : input.dataset.show;
		};
		show(false);
		button.addEventListener("click", () => show(input.type === "password"));
		input.form.addEventListener("submit", () => show(false));
		input.after(button);
	}

	// passkey has the browser answer a challenge of the server before the form goes.
	function passkey(form) {
		const error = form.querySelector("#passkey");
		const button = form.querySelector("button[type=submit]");
		form.hidden = false;
		form.parentElement.querySelector(".noscript").hidden = true;
		form.addEventListener("submit", async (e) => {
			e.preventDefault();
			error.hidden = button.disabled = true;
			try {
				const r = await fetch(form.dataset.passkey, { method: "POST", body: new URLSearchParams() });
				const asked = await r.json(), o = asked.publicKey;
				o.challenge = bytes(o.challenge);
				if (o.user) o.user.id = bytes(o.user.id);
				for (const key of [...(o.allowCredentials || []), ...(o.excludeCredentials || [])]) key.id = bytes(key.id);
				const key = await navigator.credentials[o.user ? "create" : "get"]({ publicKey: o });
				const answer = { id: key.id, rawId: key.id, type: key.type, response: {} };
				for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
					if (key.response[name]) answer.response[name] = text(key.response[name]);
				}
				if (key.response.getTransports) answer.response.transports = key.response.getTransports();
				form.elements.form.value = asked.form;
				form.elements.passkey.value = JSON.stringify(answer);
				form.submit();
			} catch {
				error.textContent = error.dataset.failed;
				error.hidden = button.disabled = false;
			}
		});
	}

	// bytes and text turn base64url into what the browser wants, and back.
	function bytes(s) {
		return Uint8Array.from(atob(s.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
	}

	function text(buffer) {
		return btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
	}

	function set(el, attributes) {
		for (const name in attributes) el.setAttribute(name, attributes[name]);
	}
})();
