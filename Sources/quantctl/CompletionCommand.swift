public import ArgumentParser

/// `quantctl completion SHELL`: what makes a shell complete.
struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Prints a script that makes a shell complete commands, options, models and run numbers.",
        discussion: """
            The package installs them. Without it:

              quantctl completion bash > ~/.local/share/bash-completion/completions/quantctl
              quantctl completion zsh > ~/.zfunc/_quantctl
              quantctl completion fish > ~/.config/fish/completions/quantctl.fish
            """)

    @Argument(help: "bash, zsh or fish.")
    var shell: CompletionShell

    func run() throws {
        try StandardOutput.write(Quantctl.completionScript(for: shell) + "\n" + (shell == .bash ? Self.joining : ""))
    }

    /// For bash, which takes `@` for the end of a word. Run and model numbers stand in words with an `@` in them, so the
    /// words around one are joined before the parser's function sees them; and because bash replaces only what begins with
    /// the `@`, the part before it is taken off the answers. As file names they would get a backslash before the `@`.
    private static let joining = #"""

        _quantctl_joined() {
            local -a joined=()
            local -i index current=0
            local rest="${COMP_LINE}" blanks word
            for index in "${!COMP_WORDS[@]}"; do
                word="${COMP_WORDS[index]}"
                blanks="${rest%%[![:space:]]*}"
                rest="${rest#"${blanks}"}"
                rest="${rest#"${word}"}"
                if [[ -z "${blanks}" && "${#joined[@]}" -gt 0 && ("${word}" = @* || "${joined[-1]}" = *@) ]]; then
                    joined[-1]+="${word}"
                else
                    joined+=("${word}")
                fi
                [[ "${index}" -eq "${COMP_CWORD}" ]] && current="$((${#joined[@]} - 1))"
            done

            local -a COMP_WORDS=("${joined[@]}")
            local -i COMP_CWORD="${current}"
            local behind="${COMP_LINE:${COMP_POINT}}"
            local cur="${COMP_WORDS[current]%"${behind%%[[:space:]]*}"}"
            _quantctl "${1}" "${cur}" "${COMP_WORDS[current > 0 ? current - 1 : 0]}"
            if [[ "${cur}" = *@* && "${COMP_WORDBREAKS}" = *@* ]]; then
                COMPREPLY=("${COMPREPLY[@]#"${cur%@*}"}")
                compopt +o filenames
            fi
        }
        complete -o filenames -F _quantctl_joined quantctl

        """#
}

extension CompletionShell: @retroactive ExpressibleByArgument {
    public init?(argument: String) {
        self.init(rawValue: argument)
    }

    public static var allValueStrings: [String] { allCases.map(\.rawValue) }
}
